"""Reports for people: the gate's judgements as a folder of static pages that opens offline."""
