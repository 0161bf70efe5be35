#!/bin/sh
# Loads the graph into a database of Neo4j 5 that is stopped or new; what it held is replaced.
# Use: sh import.sh [DATABASE], with neo4j-admin in the PATH. Then start the database and run indexes.cypher:
#      cypher-shell -d DATABASE -f indexes.cypher
set -eu
database=${1:-neo4j}
cd "$(dirname "$0")"
exec neo4j-admin database import full "$database" --overwrite-destination=true \
    --multiline-fields=true --array-delimiter=U+001F --id-type=string \
    --nodes=Dataset=nodes-dataset.csv \
    --nodes=Method=nodes-method.csv \
    --nodes=Metric=nodes-metric.csv \
    --nodes=Paper=nodes-paper.csv \
    --nodes=Result=nodes-result.csv \
    --nodes=Task=nodes-task.csv \
    --relationships=ADDRESSES=relationships-addresses.csv \
    --relationships=BASED_ON=relationships-based-on.csv \
    --relationships=BASELINE=relationships-baseline.csv \
    --relationships=DATASET=relationships-dataset.csv \
    --relationships=EVALUATED_ON=relationships-evaluated-on.csv \
    --relationships=MEASURED_BY=relationships-measured-by.csv \
    --relationships=MENTIONS=relationships-mentions.csv \
    --relationships=METHOD=relationships-method.csv \
    --relationships=METRIC=relationships-metric.csv \
    --relationships=OUTPERFORMS=relationships-outperforms.csv \
    --relationships=PART_OF=relationships-part-of.csv \
    --relationships=PROPOSES=relationships-proposes.csv \
    --relationships=REPORTS=relationships-reports.csv \
    --relationships=SUBTYPE_OF=relationships-subtype-of.csv \
    --relationships=TASK=relationships-task.csv \
    --relationships=USED_FOR=relationships-used-for.csv
