"""All runs as the web process knows them: what there is, who may do what, how long they wait, sweeps."""
