"""`python -m api.cli`: the same command line, for a checkout that is not installed."""

from api.cli import main

main()
