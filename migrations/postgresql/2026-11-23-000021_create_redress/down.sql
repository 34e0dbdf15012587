DROP TABLE redress;
