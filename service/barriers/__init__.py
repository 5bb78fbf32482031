"""The ledger: barriers, their keys, sightings, links, life cycle and rank."""
