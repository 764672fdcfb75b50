// What was searched, in a file that can be opened again without a cluster: JSON Lines (the contract's traffic lines,
// and the value's bytes in `value_base64`), or CSV with the same columns, where an empty cell without quotes is what is
// not there and one in quotes what is empty. Thread: any, one a file.
#pragma once

#include <QString>
#include <functional>
#include <memory>

#include "app/engine/traffic/event.h"
#include "kit/runtime/error.h"

namespace nova::engine {

enum class CaptureFormat { jsonLines, csv };

class CaptureWriter {
public:
    // By the file's ending: .jsonl or .csv, else badInput.
    static kit::Result<CaptureFormat> formatOf(const QString& file);
    // Writes beside the file; what was there stays until commit(). Errors: permanent, with the system's own text.
    static kit::Result<CaptureWriter> make(const QString& file);
    CaptureWriter(CaptureWriter&&) noexcept;
    CaptureWriter& operator=(CaptureWriter&&) noexcept;
    ~CaptureWriter();  // without commit() nothing has happened

    kit::Result<void> write(const Event& event);
    kit::Result<void> commit();  // takes the file's place, by a rename
    [[nodiscard]] std::int64_t events() const;

private:
    struct Impl;
    explicit CaptureWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

// The events of an export (by its ending: .csv, else JSON Lines), one after the other, until `event` returns false; how
// many there were. Each is what it was, byte for byte. A spreadsheet that writes a CSV anew makes an empty key one that
// is not there. badInput: not such a file, with the line (of a CSV: the row, its head is 1) and what is wrong;
// notFound.
kit::Result<std::int64_t> readCapture(const QString& file, const std::function<bool(Event&&)>& event);

}  // namespace nova::engine
