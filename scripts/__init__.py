"""What `make` calls: set-up, training when something changed, and the processes of `make run`."""
