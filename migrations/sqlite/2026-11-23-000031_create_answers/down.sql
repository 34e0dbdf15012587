DROP INDEX cases_by_day_of_closing;
DROP INDEX cases_by_day_of_receipt;
DROP TABLE answers;
