CREATE CONSTRAINT kg_dataset_key IF NOT EXISTS FOR (n:Dataset) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT kg_method_key IF NOT EXISTS FOR (n:Method) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT kg_metric_key IF NOT EXISTS FOR (n:Metric) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT kg_paper_key IF NOT EXISTS FOR (n:Paper) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT kg_result_key IF NOT EXISTS FOR (n:Result) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT kg_task_key IF NOT EXISTS FOR (n:Task) REQUIRE n.key IS UNIQUE;
CREATE FULLTEXT INDEX kg_entities IF NOT EXISTS FOR (n:Dataset|Method|Metric|Task) ON EACH [n.label, n.aliases];
CREATE INDEX kg_paper_id IF NOT EXISTS FOR (n:Paper) ON (n.paper_id);
CREATE FULLTEXT INDEX kg_papers IF NOT EXISTS FOR (n:Paper) ON EACH [n.label, n.authors, n.venue];
