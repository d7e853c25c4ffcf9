"""Personal data: what is kept, encrypted, told to the person, let go and erased. docs/privacy.md explains the rules."""
