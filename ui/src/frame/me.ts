// Who is signed in, and what that allows.
import { createContext, useContext } from "react";
import type { Me } from "../api/types";

export const MeContext = createContext<Me | null>(null);

const ranks = { viewer: 1, operator: 2, admin: 3 } as const;

export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error("nobody is signed in");
  return me;
}

export const useMay = (role: keyof typeof ranks) => ranks[useMe().role] >= ranks[role];
