"""The routes, a module for each role that calls them."""
