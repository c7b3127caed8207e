#include "rules/language/cel/program.h"

#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "rules/language/cel/evaluator.h"

namespace lupaus::rules::language::cel {
namespace {

bool is_macro(Op op) { return op >= Op::all && op <= Op::filter_each; }

bool is_attribute(Op op) {
  return op == Op::ticket_attribute || op == Op::branch_attribute || op == Op::event_attribute;
}

bool is_text(const Value& value) { return value.kind == Kind::string; }

}  // namespace

/// Flattens one tree. Children are laid out side by side before any of them is filled in.
class Builder {
 public:
  Builder(Program& program, std::span<const std::string_view> names, const ZoneFinder& find_zone)
      : program_(program), names_(names), find_zone_(find_zone) {}

  void run(const Tree& tree) {
    program_.nodes_.emplace_back();
    fill(0, tree);
  }

 private:
  Node& node(size_t place) { return program_.nodes_[place]; }
  Node& child(size_t place, size_t index) { return node(node(place).first + index); }

  void fill(size_t place, const Tree& tree) {
    const size_t first = program_.nodes_.size();
    node(place).op = tree.op;
    node(place).at = tree.at;
    node(place).attribute = tree.attribute;
    node(place).first = static_cast<uint32_t>(first);
    node(place).count = static_cast<uint32_t>(tree.children.size());
    program_.nodes_.resize(first + tree.children.size());
    if (is_macro(tree.op)) return fill_macro(place, tree);
    for (size_t i = 0; i < tree.children.size(); ++i) fill(first + i, *tree.children[i]);
    finish(place, tree);
    fold(place);
  }
  void fill_macro(size_t place, const Tree& tree) {
    const size_t first = node(place).first;
    fill(first, *tree.children[0]);
    node(place).slot = static_cast<uint16_t>(locals_.size());
    locals_.push_back(tree.text);
    program_.local_count_ = std::max(program_.local_count_, static_cast<uint16_t>(locals_.size()));
    for (size_t i = 1; i < tree.children.size(); ++i) fill(first + i, *tree.children[i]);
    locals_.pop_back();
  }
  Value keep(std::string_view text) { return Value::string(program_.constants_.join(text)); }

  /// What is done once for a node, its children being there.
  void finish(size_t place, const Tree& tree) {
    switch (tree.op) {
      case Op::constant:
        node(place).constant = is_text(tree.constant) ? keep(tree.text) : tree.constant;
        return;
      case Op::name:
        return resolve(place, tree.text);
      case Op::select:
      case Op::ticket_attribute:
      case Op::branch_attribute:
      case Op::event_attribute:
        node(place).constant = keep(tree.text);
        return;
      case Op::has:
        if (is_attribute(child(place, 0).op)) node(place).op = Op::has_attribute;
        return;
      case Op::call:
        return resolve_call(place, tree);
      case Op::in:
        return sort_texts(place);
      case Op::equal:
        return compare_text(place);
      default:
        return;
    }
  }
  void resolve(size_t place, std::string_view name) {
    // The innermost variable of that name, else the binding.
    for (size_t i = locals_.size(); i-- > 0;) {
      if (locals_[i] != name) continue;
      node(place).op = Op::local;
      node(place).slot = static_cast<uint16_t>(i);
      return;
    }
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) return;
    node(place).op = Op::binding;
    node(place).slot = static_cast<uint16_t>(found - names_.begin());
  }
  void resolve_call(size_t place, const Tree& tree) {
    const Function* function = find_function(tree.text, tree.is_member, tree.children.size());
    node(place).function = function;
    if (function == nullptr || node(place).count != 2) return;
    const Node last = child(place, 1);
    if (last.op != Op::constant || !is_text(last.constant)) return;
    if (function->kind == FunctionKind::matches) {
      // WHY: each may take a megabyte; beyond these they are made when they are used.
      constexpr size_t kPatternsMax = 64;
      if (program_.patterns_.size() >= kPatternsMax) return;
      auto pattern = compile_pattern(last.constant.text());
      if (!pattern) return;
      program_.patterns_.push_back(std::move(pattern));
      specialise(place, Op::constant_pattern, program_.patterns_.size() - 1);
    } else if (function->kind == FunctionKind::time_field) {
      if (const auto zone = find_zone(last.constant.text())) {
        specialise(place, Op::constant_zone, *zone);
      }
    }
  }
  /// The place of the zone in the program; nullopt when there is none of that name.
  std::optional<size_t> find_zone(std::string_view name) {
    const auto known = std::find_if(program_.zones_.begin(), program_.zones_.end(),
                                    [&](const auto& zone) { return zone.name == name; });
    const auto place = static_cast<size_t>(known - program_.zones_.begin());
    if (known != program_.zones_.end()) return place;
    auto zone = fixed_zone(name);
    if (!zone) {
      const model::ZoneTable* table = find_zone_(name);
      if (table == nullptr) return std::nullopt;
      zone = *table;
      zone->name = name;
    }
    program_.zones_.push_back(std::move(*zone));
    return place;
  }
  /// The second child is not needed any more.
  void specialise(size_t place, Op op, size_t slot) {
    node(place).op = op;
    node(place).slot = static_cast<uint16_t>(slot);
    node(place).count = 1;
  }
  void sort_texts(size_t place) {
    const Node& list = child(place, 1);
    if (list.op != Op::constant || list.constant.kind != Kind::list) return;
    const std::span<const Value> items = list.constant.list();
    if (!std::all_of(items.begin(), items.end(), is_text)) return;
    if (child(place, 0).op == Op::constant) return;
    const std::span<Value> texts = program_.constants_.make<Value>(items.size());
    std::copy(items.begin(), items.end(), texts.begin());
    std::sort(texts.begin(), texts.end(),
              [](const Value& left, const Value& right) { return left.text() < right.text(); });
    node(place).op = Op::in_texts;
    node(place).constant = make_list(texts);
    node(place).count = 1;
  }
  /// An attribute equals a text as it is in a list of that one: the question most often asked.
  void compare_text(size_t place) {
    const Node &left = child(place, 0), &right = child(place, 1);
    if (!is_attribute(left.op) || left.attribute != model::AttributeType::string) return;
    if (right.op != Op::constant || !is_text(right.constant)) return;
    const std::span<Value> texts = program_.constants_.make<Value>(1);
    texts[0] = right.constant;
    node(place).op = Op::in_texts;
    node(place).constant = make_list(texts);
    node(place).count = 1;
  }
  /// Replaces operators over constants by their value. Errors stay, so that they come when asked
  /// for.
  void fold(size_t place) {
    const Node& folded = node(place);
    const bool is_operator = folded.op >= Op::index && folded.op <= Op::modulo;
    if (!is_operator && folded.op != Op::constant_zone) return;
    if (folded.op == Op::call && folded.function == nullptr) return;
    for (uint32_t i = 0; i < folded.count; ++i) {
      if (child(place, i).op != Op::constant) return;
    }
    const Value value = Evaluator(program_, nullptr, {}, program_.constants_, steps_).value(folded);
    if (value.is_error() || steps_.is_spent()) return;
    node(place).op = Op::constant;
    node(place).constant = value;
    node(place).count = 0;
  }

  Program& program_;
  std::span<const std::string_view> names_;
  const ZoneFinder& find_zone_;
  std::vector<std::string_view> locals_;
  Steps steps_{kStepsMax};
};

Program::Program() = default;
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

Program::Program(const Tree& tree, std::span<const std::string_view> names,
                 const ZoneFinder& find_zone) {
  Builder(*this, names, find_zone).run(tree);
}

Value Program::evaluate(const model::Scope* scope, std::span<const Value> bindings,
                        Arena& arena) const {
  Steps steps(kStepsMax);
  const Value value = Evaluator(*this, scope, bindings, arena, steps).run();
  if (steps.is_spent()) return Value::fail(Fault::too_many_steps, nodes_[0].at);
  return value;
}

std::unique_ptr<const re2::RE2> compile_pattern(std::string_view text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  auto pattern =
      std::make_unique<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (!pattern->ok()) return nullptr;
  return pattern;
}

}  // namespace lupaus::rules::language::cel
