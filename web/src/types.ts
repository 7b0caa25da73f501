// SPDX-License-Identifier: Apache-2.0
// types.ts - what the API answers, as far as the page looks at it. docs/api.md says the rest.

export interface Fault { type: string; code?: string; message: string; provider_request_id?: string }

export interface Operation {
  node_id: string; resource_id: string; region: string; account?: string; type: string; composite?: string;
  check_of?: string; operation: string; status: string; phase: string; attempt: number; started_at?: string;
  completed_at?: string; duration_seconds?: number; outputs?: Record<string, unknown>; error?: Fault;
}

export interface Next { node_id: string; resource_id: string; region: string; type: string }

export interface Execution {
  graph_id: string; execution_id: string; deployment_id: string; actor: string; on_behalf_of?: string; kind: string;
  status: string; reason?: string; next_operation?: Next; version: string; mode: string; on_failure?: string;
  only?: string[]; except?: string[]; empty?: string[] | boolean;
  created_at: string; completed_at?: string; duration_seconds?: number; events_after: number; last_event?: number;
  success: boolean; plan_id?: string; operations: Operation[]; source?: string; summary?: Summary;
}

export type Summary = Record<string, number>;

/** An event of the stream: of a node, of the execution, or what a program has written. */
export interface Happening {
  seq: number; graph_id: string; execution_id: string; time: string; type: string; node_id?: string; resource_id?: string;
  region?: string; resource_type?: string; operation?: string; status: string; phase?: string; attempt?: number;
  error?: Fault; reason?: string; next_operation?: Next; kind?: string; stream?: string; text?: string;
  dropped?: number;
}

export interface Deployment { deployment_id: string; last_begun_at: string }

export interface Past {
  graph_id: string; execution_id: string; version?: string; kind?: string; mode?: string; status?: string;
  reason?: string; actor?: string; created_at: string; completed_at?: string; duration_seconds?: number;
  summary?: Summary;
}

export interface History { deployment_id: string; executions: Past[]; graphs: Past[]; next_cursor?: string }

export interface Difference {
  path: string; before?: unknown; after?: unknown; after_unknown?: boolean; sensitive?: boolean;
  requires_replacement?: boolean; origin?: string;
}

export interface PlannedOperation {
  node_id: string; resource_id: string; region: string; type: string; operation: string; reason?: string;
  diff: Difference[]; irreversible?: unknown; name?: string;
}

export interface Plan {
  spec_graph_id: string; plan_id?: string; deployment_id: string; version: string; operations: PlannedOperation[];
  estimated_time: number; warnings: string[]; summary: Summary; success: boolean;
}

export interface Comparison {
  same: boolean; summary: Summary; from: { graph_id: string; version: string }; to: { graph_id: string; version: string };
  resources: { resource_id: string; change: string; type: string; diff?: Difference[]; before?: unknown; after?: unknown }[];
}

export interface MGraph {
  graph: { model: { data: {
    nodes: Record<string, { node_id: string; node_data: { key: string; value: string } }>;
    edges: Record<string, { from_node_id: string; to_node_id: string; edge_label: { predicate: string } }>;
  } } };
}
