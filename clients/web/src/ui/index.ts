// What pages are built of.
export { Button, ButtonLink } from './button';
export { Field, faultOf, Select, TextArea, TextInput, Choice } from './field';
export { Table, type Column, type SortOrder } from './table';
export { Dialog } from './dialog';
export { Stat, StatRow } from './stat';
export { Empty, ErrorBox, Loading } from './notice';
export { StateBadge, type Tone } from './state_badge';
export { Toolbar } from './toolbar';
export { Tabs } from './tabs';
export { CommandBox, quoted } from './command_box';
export { PageHead } from './page_head';
export { Bar } from './bar';
export { ReasonDialog } from './reason_dialog';
export { Paging, usePaging } from './paging';
