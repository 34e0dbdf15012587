DROP TABLE outgoing_findings;
