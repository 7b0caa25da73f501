/* SPDX-License-Identifier: Apache-2.0
 *
 * engine_world.h - a world for the engine to run in: a loop turned by hand, the store in memory, and a
 * make-believe cloud that does what a test tells it.
 *
 * The cloud keeps items by region and name, with their tags, and counts what it is asked. A fault is said for the
 * n-th call of a kind for a resource: what it answers, and whether it takes effect all the same.
 */
#ifndef UNIT_ENGINE_WORLD_H
#define UNIT_ENGINE_WORLD_H

#include <check.h>
#include <json-c/json.h>

#include "engine/engine.h"
#include "feed/feed.h"

#define WORLD_FAULTS_MAX 64
#define SECOND_US        1000000LL
#define HOUR_US          (3600 * SECOND_US)

/* The beginnings of a config, and of an item in it, in JSON with ' for ". */
#define CONFIG_HEAD CONFIG_HEAD_OF("test")
#define CONFIG_HEAD_OF(deployment)                      \
	"{'deployment_id':'" deployment "','targets':[" \
	"{'provider':'fake','regions':['eu-west-1']}],'resources':{"
#define CONFIG_ITEM(name) "'" name "':{'type':'fake:box:item','properties':{'name':'n" name "'}"

struct fault {
	const char    *resource_id;
	enum op_kind   kind;
	int            times; /* how many calls it is for; counted down */
	enum op_result answer;
	bool           takes_effect;
	bool           never_answers;
};

struct engine_world {
	struct provider     provider; /* the cloud's driver: container_of */
	struct loop        *loop;
	struct store       *store;
	struct feed        *feed;
	struct registry    *registry;
	struct engine      *engine;
	struct json_object *items; /* "region/name" -> {properties, tags} */
	struct fault        faults[WORLD_FAULTS_MAX];
	size_t              faults_n;
	int64_t             retry_after_ms; /* of throttled answers */
	int                 asked[OP_KINDS_N];
	int                 creates_applied, in_flight, in_flight_most;
	int                 swept;        /* how often what is there was asked for as a whole */
	enum op_result      sweep_answer; /* OP_OK, or why it is refused ... */
	int                 sweep_times;  /* ... so many times */
	struct json_object *indexed;      /* what there is by its index; NULL: as the items are */
	int64_t             now_us, latency_us;
	int64_t             wall_jump_ms; /* somebody has set the clock */
	int64_t             recover_ms;   /* of engines made from now on */
	const char         *account; /* requests bring credentials for it; NULL: they bring none */
	bool                settles_over;     /* faults of settles are for good: it is not there */
	bool                cancelled_arrive; /* a call takes effect though its caller died */
	bool                hold;   /* what is resumed stays paused until it is told to continue */
	struct json_object *tokens; /* of creates that took effect, as members */
	struct json_object *order;  /* resource ids, as their creates and deletes came in */

	/* of the last start */
	struct execution_watch watch;
	bool                   begun, paused, ended;
	struct execution      *execution; /* NULL: none is there */
	struct err             err;
	enum execution_status  status;
	enum execution_kind    kind;
	/* of the next starts */
	const char *tenant; /* NULL: "tenant" */
	bool        by_tags;
	const char *empty;         /* JSON with ' for "; NULL: nothing */
	const char *only, *except; /* likewise; NULL: all, nothing */
	const char *newest;        /* the last execution that the config knows of; NULL: any */

	int                 forced;    /* deletes that take along what is in it */
	struct json_object *undone;    /* of deletes that undo a pile: what they were told */
	struct json_object *plan;      /* of a dry run; of a verify, its answer */
	struct json_object *saved;     /* of a dry run: what is kept of its plan */
	bool                held;      /* the next starts are held to that, */
	bool                forgets;   /* and the store does not know it */
	uint64_t            engines_n; /* so many processes there were */
};

/* A case whose tests have a world each. */
TCase                     *engine_world_case(const char *name);
extern struct engine_world the_world; /* of the test that runs */

/* Another fault of the world. */
void engine_world_fault(struct engine_world *world, struct fault fault);

/* Starts an execution of a config (JSON, ' for "). */
enum err_code engine_world_start(struct engine_world *world, const char *config,
    enum execution_kind kind, enum execution_mode mode, enum on_failure on_failure);

/* As a process does that finds an execution unfinished, of this config. */
enum err_code engine_world_resume(struct engine_world *world, const char *config, bool cancel);

/* Goes on from a pause; from and skip may be NULL. */
enum err_code engine_world_continue(
    struct engine_world *world, enum until until, const char *from, const char *skip);

/* Once, at this time. */
void engine_world_turn(struct engine_world *world);

/* Turns the loop, from one due time to the next, until the execution has ended or is paused, or `until_us`
 * more have passed. */
void engine_world_run(struct engine_world *world, int64_t for_us);

/* The process dies and another takes its place: engine and feed are new; store and cloud are as they were. */
void engine_world_crash(struct engine_world *world);

/* Asks the store, and turns until it has answered: it must be STORE_OK. */
void engine_world_ask(struct engine_world *world, struct store_op *op);

/* What is stored of the last execution, as the API shows it; the caller puts it. */
struct json_object *engine_world_view(struct engine_world *world);
/* What it says at a path, such as "failed_operation.error.type". */
void engine_world_expect(struct engine_world *world, const char *path, const char *text);
/* What the last verify says of a resource; borrowed. */
struct json_object *engine_world_verdict(const struct engine_world *world, const char *resource_id);
/* All events of the graph; the caller puts it. */
struct json_object *engine_world_events(struct engine_world *world);

size_t engine_world_items_n(const struct engine_world *world);

#endif
