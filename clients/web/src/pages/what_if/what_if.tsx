// WhatIf: the page's place.
import { Empty, PageHead } from '../../ui';

export default function WhatIfPage() {
  return <><PageHead title="WhatIf" /><Empty>–</Empty></>;
}
