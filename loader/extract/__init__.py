"""The extract Lambda: what a service publishes by year falls into the bucket."""
