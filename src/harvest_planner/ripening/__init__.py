"""Temperature → rate → age → share of fruit that is good: numbers in, numbers out."""
