"""What a browser sees of the street."""
