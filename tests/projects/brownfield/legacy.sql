-- The database as it was found, rows made up. No foreign key was ever enforced.
CREATE TABLE customers (id INTEGER PRIMARY KEY, "Name" TEXT, "e-mail" TEXT, since TEXT);
CREATE TABLE "parts" ("number" VARCHAR(20) PRIMARY KEY, description TEXT NOT NULL, "unit price" REAL) WITHOUT ROWID;
CREATE TABLE "order" (
    id integer primary key, customer_id int references customers (id), "date" text, state text default 'open', what text
);
CREATE TABLE [old stuff 2016] (a, b, c);
CREATE VIEW open_orders AS SELECT o.id, c."Name" FROM "order" o JOIN customers c ON c.id = o.customer_id
    WHERE coalesce(o.state, 'open') <> 'done';
CREATE TRIGGER order_state AFTER INSERT ON "order" WHEN new.state IS NULL BEGIN
    UPDATE "order" SET state = 'open' WHERE id = new.id;
END;
CREATE INDEX order_by_customer ON "order" (customer_id);

INSERT INTO customers VALUES (1, 'Ana Ruiz', 'ana@example.org', '3.4.2014'), (2, 'O''Neill; Pat', '', '12.11.2015'),
    (5, 'Łukasz Żak', NULL, 'spring 2017'), (9, '"Two" Wheels Ltd', 'hello@two.example', NULL);
INSERT INTO parts VALUES ('BR-01', 'brake pads; pair', 7.5), ('CH-11', 'chain, 11 speed', 24.9), ('TU-28', 'tube 28"', NULL);
INSERT INTO "order" VALUES (1, 1, '14.02.2024', 'done', 'new chain'), (2, 2, '15.02.2024', 'OPEN', 'brakes -- squeak'),
    (3, 5, '3/3/24', 'wait', 'wheel true'), (4, 77, '9.9.2019', NULL, 'of a customer who is gone'),
    (5, 9, '20.02.2025', 'open', 'fleet: 12 bicycles');
INSERT INTO [old stuff 2016] VALUES (1, 2, 3);
