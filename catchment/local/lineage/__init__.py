"""From the columns of a file to the parameters of an endpoint: `catchment docs`."""
