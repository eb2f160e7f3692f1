/**
 * C++ sources that apply `TF_CPP_MIN_LOG_LEVEL` to what TensorFlow prints while it is loaded, before it reads it.
 *
 * `first` is a library of its own, linked with `-z initfirst`: its constructor runs before those of TensorFlow's
 * libraries, and sends standard error to memory. `last` is part of the addon, whose constructors run after them: it
 * puts standard error back, and prints there what the level lets through. Without a level nothing is touched.
 */
export const QUIET_START = {
  library: 'libtfjs_deberta_quiet_start.so',
  first: `
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

extern "C" {
int tfjs_deberta_log_level = 0;
int tfjs_deberta_stderr = -1;

__attribute__((constructor)) static void capture_stderr() {
  const char* level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  tfjs_deberta_log_level = level == nullptr ? 0 : std::atoi(level);
  if (tfjs_deberta_log_level < 1) return;
  int memory = memfd_create("stderr", MFD_CLOEXEC);
  if (memory < 0) return;
  tfjs_deberta_stderr = dup(2);
  dup2(memory, 2);
  close(memory);
}
}
`,
  last: `
#include <cctype>
#include <cstdio>
#include <string>
#include <unistd.h>

extern "C" int tfjs_deberta_log_level;
extern "C" int tfjs_deberta_stderr;

namespace {

/** 0 to 3 for the letter absl begins a message with, -1 where none begins. */
int severity_of(const std::string& line) {
  if (line.size() < 6 || line[5] != ' ') return -1;
  for (int i = 1; i < 5; i++) if (!std::isdigit(static_cast<unsigned char>(line[i]))) return -1;
  std::size_t severity = std::string("IWEF").find(line[0]);
  return severity == std::string::npos ? -1 : static_cast<int>(severity);
}

/** Lines without a letter of their own go with the message before them. */
void print_filtered(const std::string& text) {
  bool is_shown = true;
  for (std::size_t start = 0, end; start < text.size(); start = end) {
    std::size_t found = text.find('\\n', start);
    end = found == std::string::npos ? text.size() : found + 1;
    std::string line = text.substr(start, end - start);
    if (line.rfind("WARNING: All log messages before absl::InitializeLog()", 0) == 0) continue;
    int severity = severity_of(line);
    if (severity >= 0) is_shown = severity >= tfjs_deberta_log_level;
    if (is_shown && write(2, line.data(), line.size()) < 0) return;
  }
}

__attribute__((constructor)) void release_stderr() {
  if (tfjs_deberta_stderr < 0) return;
  std::string text(static_cast<std::size_t>(lseek(2, 0, SEEK_END)), '\\0');
  ssize_t size = pread(2, &text[0], text.size(), 0);
  dup2(tfjs_deberta_stderr, 2);
  close(tfjs_deberta_stderr);
  if (size > 0) print_filtered(text.substr(0, static_cast<std::size_t>(size)));
}

}  // namespace
`,
} as const;
