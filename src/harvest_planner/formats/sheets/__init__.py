"""Pick sheets: what each grower picks on each day, printable, bundled for a team."""
