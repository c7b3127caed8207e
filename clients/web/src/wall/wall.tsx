// The wall page: a television at five metres.
import { render } from 'preact';
import '../theme.css';

const root = document.getElementById('wall');
if (root) render(<main>Lupaus</main>, root);
