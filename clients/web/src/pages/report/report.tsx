// Report: the page's place.
import { Empty, PageHead } from '../../ui';

export default function ReportPage() {
  return <><PageHead title="Report" /><Empty>–</Empty></>;
}
