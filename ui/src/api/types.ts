// Short names for what the server says (schema.gen.ts is made from its description).
import type { Level } from "../theme/palette";
import type { components, report } from "./schema.gen";

type Schemas = components["schemas"];
// What lists show of an asset beside what they sort by (src/journal/asset_details.h).
export type Possible = "yes" | "no" | "possible" | "unknown";
export interface AssetDetails {
  exposure?: Partial<
    Record<"wan_in" | "wan_out" | "privileged" | "runtime_socket" | "host_network" | "escape", Possible>
  >;
  known_exploited?: number;
  excepted?: number;
  packages?: number;
  networks?: string[] | null; // of a container; null: not known
  if_fixed?: { score: number; level: Level } | null;
}
export type Asset = Schemas["Asset"] & { details?: AssetDetails };
export type AssetDetail = Schemas["AssetDetail"];
export type Threat = Schemas["Threat"] & {
  threat?: unknown; // of GET /threats/{id}: a ReportThreat, of the worst asset that has it
  packages?: string[];
  fixed_version?: string;
  worst_score?: number;
  worst_asset?: string;
};
export type AssetThreat = Schemas["AssetThreat"] & {
  title?: string;
  known_exploited?: boolean;
  epss?: number | null;
  location?: string;
  evidence?: string;
  exception?: string | null; // id of the one that covers it
};
export type MakeUp = Schemas["AssetMakeUp"];
export type Package = Schemas["Package"];
export type PackageGroup = Schemas["PackageGroup"];
export type PackageHolder = Schemas["PackageHolder"];
export type Configuration = Schemas["Configuration"];
export type Process = Schemas["Process"];
export type BenchmarkReport = Schemas["BenchmarkReport"];
export type BenchmarkRow = Schemas["BenchmarkRow"];
export type OutcomeCounts = Schemas["OutcomeCounts"];
export type Node = Schemas["Node"];
export type Image = Schemas["Image"];
export type ImageDetail = Schemas["ImageDetail"];
export type Fix = Schemas["Fix"];
export type Fixes = Schemas["Fixes"];
export type Changes = Schemas["Changes"];
export type Gap = Schemas["Gap"];
export type TrendPoint = Schemas["TrendPoint"];
export type Exception = Schemas["Exception"];
export type NewException = Schemas["NewException"];
export type Networks = Schemas["Networks"];
export type ResponseRecord = Schemas["Response"];
export type ResponseStep = ResponseRecord["steps"][number];
export type ResponseRules = Schemas["ResponseRules"];
export type ResponseRule = ResponseRules["items"][number];
export type OpenResponse = Schemas["OpenResponse"];
export type Policies = Schemas["Policies"];
export type PolicyFile = Schemas["PolicyFile"];
export type PolicyFaults = Schemas["PolicyFaults"];
export type PolicyTrial = Schemas["PolicyTrial"];
export type PolicyVersions = Schemas["PolicyVersions"];
export type PolicyVersion = Schemas["PolicyVersion"];
export type PolicyDiff = Schemas["PolicyDiff"];
export type Receivers = Schemas["Receivers"];
export type Receiver = Receivers["receivers"][number];
export type Stream = Receivers["streams"][number];
export type Delivery = Schemas["Delivery"];
export type Schedule = Schemas["Schedule"];
export type Progress = Schemas["Progress"];
export type JournalEvent = Schemas["Event"];
export type Summary = Schemas["Summary"];
export type Status = Schemas["Status"];
export type Database = Schemas["Database"];
export type Me = Schemas["Me"];
export type User = Schemas["User"];
export type Token = Schemas["Token"];
export type MadeToken = Schemas["MadeToken"];
export type Check = Schemas["Check"];
export type Flow = Schemas["Flow"];
export type Graph = Schemas["Graph"];
export type Verification = Schemas["Verification"];
export type ScorePoint = Schemas["ScorePoint"];
export type Counts = Schemas["SeverityCounts"];
export type Severity = "critical" | "high" | "medium" | "low" | "unknown";

type Pieces = report.components["schemas"];
export type AssetReport = Pieces["Report_asset"];
export type ReportThreat = Pieces["Report_threat"];
export type ReportPackage = Pieces["Report_package"];
export type PathStep = Pieces["Report_path_step"];
export type Contribution = Pieces["Report_contribution"];
export type Incomplete = Pieces["Report_incomplete"];
export type BenchmarkCount = Pieces["Report_benchmark"];
export type ContainerFacts = Pieces["Report_container"];
export type HostFacts = Pieces["Report_host"];

export interface Page<T> {
  items: T[];
  total?: number | null; // of the first page
  next?: string | number | null;
  cut?: boolean;
}
