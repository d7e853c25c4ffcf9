"""What a team will be asked for, held against the hours it has. Pure: numbers go in, numbers come out."""
