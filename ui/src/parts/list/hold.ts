// Whether the reader holds the table now: points into it and moved lately, or selects text in it.
import { type RefObject, useEffect, useRef, useState } from "react";
import { held } from "./shape";

const lately = 4000; // milliseconds

export function useHolding(root: RefObject<HTMLElement | null>): boolean {
  const [holding, setHolding] = useState(false);
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const selects = () => {
      const selection = document.getSelection();
      return !!selection && !selection.isCollapsed && element.contains(selection.anchorNode);
    };
    const letGo = () => {
      if (selects()) timer = setTimeout(letGo, 500);
      else setHolding(false);
    };
    const touch = () => {
      clearTimeout(timer);
      setHolding(true);
      timer = setTimeout(letGo, lately);
    };
    const leave = () => {
      clearTimeout(timer);
      letGo();
    };
    element.addEventListener("pointermove", touch);
    element.addEventListener("pointerleave", leave);
    element.addEventListener("keydown", touch);
    return () => {
      clearTimeout(timer);
      element.removeEventListener("pointermove", touch);
      element.removeEventListener("pointerleave", leave);
      element.removeEventListener("keydown", touch);
    };
  }, [root]);
  return holding;
}

// `rows` as they may be shown now. `changed` differs when the reader asked for other rows: those are shown at once.
export function useHeld<Row>(rows: Row[], keyOf: (row: Row) => string, holding: boolean, changed: string) {
  const last = useRef({ rows, changed });
  const [, again] = useState(0);
  if (!holding || last.current.changed !== changed || last.current.rows.length === 0) {
    last.current = { rows, changed };
    return { rows, news: 0, release: () => {} };
  }
  const now = held(last.current.rows, rows, keyOf);
  return {
    ...now,
    release: () => {
      last.current = { rows, changed };
      again((n) => n + 1);
    },
  };
}
