DROP TABLE report_images;
