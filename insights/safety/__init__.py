"""What may not be stored, sent or answered, found by rules. Pure: text goes in, findings come out."""
