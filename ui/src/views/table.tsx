// The views of the page, in the order of the rail: one line each. Every view is loaded when it is first looked at, or when the page is idle.
import type { QueryClient } from "@tanstack/react-query";
import type { ComponentType, LazyExoticComponent } from "react";
import { askAhead } from "../network/graph_query";
import type { IconName } from "../parts/icon";
import { later } from "../parts/later";

export interface View {
  path: string;
  name: string;
  key: string; // g, then this key
  icon: IconName;
  body: LazyExoticComponent<ComponentType>;
  load: () => Promise<unknown>; // its code
  ask?: (client: QueryClient) => void; // for what it shows first, where that takes a while
}

const view = (
  path: string,
  name: string,
  key: string,
  icon: IconName,
  load: () => Promise<{ default: ComponentType }>,
  ask?: (client: QueryClient) => void,
): View => ({
  path,
  name,
  key,
  icon,
  body: later(load),
  load,
  ask,
});

export const views: View[] = [
  view("/overview", "Overview", "o", "overview", () => import("./overview/overview")),
  view("/containers", "Containers", "c", "containers", () => import("./containers/containers")),
  view("/nodes", "Nodes", "n", "nodes", () => import("./nodes/nodes")),
  view("/network", "Network", "w", "network", () => import("../network/network_view"), askAhead),
  view("/threats", "Threats", "t", "threats", () => import("./threats/threats")),
  view("/images", "Images", "i", "images", () => import("./images/images")),
  view("/responses", "Responses", "r", "responses", () => import("./responses/responses")),
  view("/policy", "Policy", "p", "policy", () => import("./policy/policy")),
  view("/log", "Log", "l", "log", () => import("./log/log")),
  view("/settings", "Settings", "s", "settings", () => import("./settings/settings")),
];

export const viewAt = (path: string): View | undefined =>
  views.find((each) => path === each.path || path.startsWith(`${each.path}/`));

// What the drawer can show (?open=KIND/ID): any view can open any of them.
export const drawers: Record<string, LazyExoticComponent<ComponentType<{ id: string }>>> = {
  asset: later(() => import("./asset/asset_drawer")),
  threat: later(() => import("./threats/threat_drawer")),
  fix: later(() => import("./overview/fix_drawer")),
  image: later(() => import("./images/image_drawer")),
  response: later(() => import("./responses/response_drawer")),
  package: later(() => import("./packages/package_drawer")),
  event: later(() => import("./log/event_drawer")),
  flow: later(() => import("../network/flow_drawer")),
};
