DROP TABLE rectification_letters;
DROP TABLE rectifications;
