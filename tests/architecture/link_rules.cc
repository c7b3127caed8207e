// Linked with every object of every library in rules/ and with nothing else of ours: that it links
// is the test.
#include <cstdio>

int main() {
  std::puts("rules/ links without server/, clients/ and the generated contract");
  return 0;
}
