"""Places, lanes and timetables → journeys as weighted outcomes."""
