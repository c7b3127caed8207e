// Sources: the page's place.
import { Empty, PageHead } from '../../ui';

export default function SourcesPage() {
  return <><PageHead title="Sources" /><Empty>–</Empty></>;
}
