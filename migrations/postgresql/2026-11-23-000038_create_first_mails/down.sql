DROP TABLE first_mails;
