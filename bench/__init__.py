"""What is fast and how fast, against plain Rasa in the same run. Results are printed as Markdown."""
