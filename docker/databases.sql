-- PostgreSQL runs this once, in an empty volume: the ledger, and Temporal's two stores.
create database attune;
create database temporal;
create database temporal_visibility;
