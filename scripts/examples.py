"""``python -m training.examples`` under its first name, while this session's writers use it."""

from training.examples import main

if __name__ == "__main__":
    raise SystemExit(main())
