"""`python -m app` is `heyan`."""

from app.cli import main

main()
