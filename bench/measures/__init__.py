"""The measures, one file for each thing that is measured."""
