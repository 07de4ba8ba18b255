"""`python -m mu` is the `mu` command."""

from mu.cli import main

main()
