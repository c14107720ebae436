// How a package is named in an address: its type, then its name, which may hold slashes itself.
export const idOfPackage = ({ type, name }: { type: string; name: string }): string => `${type}/${name}`;

export function packageOf(id: string): { type: string; name: string } {
  const slash = id.indexOf("/");
  return { type: id.slice(0, slash), name: id.slice(slash + 1) };
}
