// Dark or light, dense or comfortable: as the system says, or as the reader chose in this browser.
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
export type Density = "dense" | "comfortable";

const listeners = new Set<() => void>();
const system = typeof matchMedia === "undefined" ? undefined : matchMedia("(prefers-color-scheme: dark)");

function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // storage is forbidden: nothing is kept
  }
}

export function keep(name: string, value: string | null) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // As above.
  }
}
export const recall = kept;

export const getTheme = (): Theme => {
  const value = kept("plimsoll.theme");
  return value === "light" || value === "dark" ? value : "system";
};
export const getDensity = (): Density => (kept("plimsoll.density") === "comfortable" ? "comfortable" : "dense");
export const isDark = () => (getTheme() === "system" ? (system?.matches ?? false) : getTheme() === "dark");

export function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  document.documentElement.dataset.density = getDensity();
  for (const listener of listeners) listener();
}
system?.addEventListener("change", applyTheme);

export function setTheme(theme: Theme) {
  keep("plimsoll.theme", theme === "system" ? null : theme);
  applyTheme();
}
export function setDensity(density: Density) {
  keep("plimsoll.density", density === "dense" ? null : density);
  applyTheme();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const useTheme = () => useSyncExternalStore(subscribe, getTheme);
export const useDensity = () => useSyncExternalStore(subscribe, getDensity);
// For what paints by itself (canvas): changes when the colours do.
export const useDark = () => useSyncExternalStore(subscribe, isDark);
