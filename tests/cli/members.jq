# What stands in JSON objects beside the table of their members.
#
# Input: the objects.  $table: {of, id, type, words, null_where} of each row;
# $ids: all ids by kind.  Output: a line for each thing that does not fit.
# $all: every row must occur, with a value and, where it may be null, as null;
# but for the cause of an error, which every command knows so far, and for the numbers of rows.

# What these hold follows from the record that they are a field of.
def is_held: IN("arguments", "selector", "witnesses", "changes", "platform_changes", "validators");

def walk_from(of; path):
	if (path | split(".") | last // "" | is_held) then empty
	elif type == "object" then
		to_entries[] | .key as $key |
		(if path == "tier_by_policy" then "tier_by_policy.*" elif path == "" then $key else path + "." + $key end) as $p |
		{of: of, id: $p, value: .value}, (.value | walk_from(of; $p))
	elif type == "array" and (.[0] | type) == "object" then
		.[] | walk_from(of; path + "[]")
	else empty end;

def is_one_of(list): . as $word | list | index([$word]) != null;
def is_advisory: type == "string" and test("^INTEL-[A-Z]+-[0-9]+$");
def is_reason: type == "string" and (sub(":.*"; "") | is_one_of($ids.reason + $ids.check));

def fits(row):
	if row.type == "object" then type == "object"
	elif row.type == "list of objects" then type == "array" and all(.[]; type == "object")
	elif row.type == "list of numbers" then type == "array" and all(.[]; type == "number")
	elif (row.type | startswith("number;")) then type == "number" or type == "string" or type == "array"
	elif (row.type | startswith("bytes as hex digits, or")) then type == "string" or type == "array" or type == "object"
	elif (row.type | startswith("object with")) then type == "object"
	elif row.type == "text" then type == "string"
	elif row.type == "number" then type == "number" and . >= 0 and . == floor
	elif row.type == "list of 16 numbers" then type == "array" and length == 16 and all(.[]; type == "number")
	elif (row.type | startswith("tier:")) then is_one_of([1, 2, 3, 4, 5])
	elif row.type == "true or false" then type == "boolean"
	elif (row.type | startswith("time")) then test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")
	elif row.type == "bytes as hex digits" then test("^([0-9a-f]{2})+$")
	elif (row.type | startswith("status")) then is_one_of($ids.status)
	elif row.type == "id of a check" then is_one_of($ids.check)
	elif row.type == "id of a reason or check" then is_reason
	elif row.type == "list of ids of reasons or checks" then type == "array" and all(.[]; is_reason)
	elif row.type == "name of a field" then is_one_of($ids.field)
	elif (row.type | startswith("value of a field")) then
		(type == "string" and length > 0) or (type == "number" and . >= 0 and . < 65536 and . == floor)
	elif row.type == "list of advisory ids" then type == "array" and all(.[]; is_advisory)
	else is_one_of(row.words | split(", ")) end;

[.[] | .schema as $of | walk_from($of; "")] as $seen |
([$table[] | {key: (.of + " " + .id), value: .}] | from_entries) as $rows |
(reduce $seen[] as $s ({}; .[$s.of + " " + $s.id] |=
	(if $s.value == null then .null = true else .value = true end))) as $occurred |
($seen | unique[] | (.of + " " + .id) as $name | $rows[$name] as $row |
	if $row == null then "\($name): not in the table"
	elif .value == null then (if $row.null_where == "" then "\($name): null, and the table says never" else empty end)
	elif .value | fits($row) then empty
	else "\($name): \(.value | tojson | .[:60]) is no \($row.type)" end),
(if $all then
	$rows | to_entries[] |
	(if $occurred[.key].value then empty else "\(.key): in the table, and never occurs" end),
	(if .value.null_where == "" or .value.null_where == "it is a time without an end" or $occurred[.key].null or .key == "assay.error/1 cause" then empty else "\(.key): said to be null at times, and never is" end)
else empty end)
