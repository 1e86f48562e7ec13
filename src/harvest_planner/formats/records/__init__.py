"""Records of what was picked and where it went: the harvest log, its trace, EPCIS events and box labels."""
