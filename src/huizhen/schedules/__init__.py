"""What runs when, without anybody pressing a button: the timetable, every run of a job, and the processes that work."""
