"""The steps from one state of the tables to the next; none is edited after a release."""
