"""What is fast and how fast, against plain Rasa in the same run. Results: Markdown, printed and in var/bench/."""
