"""The report of a study by ISO/IEC 25062, the Common Industry Format for usability tests."""
