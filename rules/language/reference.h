// The reference of promise files, made of the table of keys: for people.
#pragma once

#include <string>

namespace lupaus::rules::language {

/// The page as Markdown: every place with its keys, forms, defaults and examples.
std::string reference();

}  // namespace lupaus::rules::language
