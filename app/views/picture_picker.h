// Where a post gets its picture from: a file, what was dropped or copied, or a sample painted here, so that nobody
// needs a file at hand. Shows what was chosen until it is taken.
#pragma once

#include <QMimeData>
#include <QWidget>
#include <optional>

#include "app/engine/actions/upload_caller.h"

class QLabel;
class QPushButton;

namespace nova::views {

// A small painted landscape, another one for each `number`.
engine::UploadFile samplePicture(int number);
// A picture of a drag or the clipboard: its file or its pixels. Nothing: there is none, or it cannot be read.
std::optional<engine::UploadFile> pictureOf(const QMimeData* data);

class PicturePicker final : public QWidget {
    Q_OBJECT
public:
    static constexpr qint64 largest = 10'000'000;  // bytes
    explicit PicturePicker(QWidget* parent = nullptr);
    [[nodiscard]] QPushButton* button() { return m_button; }  // opens the menu; place it where it fits
    void choose(const engine::UploadFile& file);
    std::optional<engine::UploadFile> take();  // and shows nothing any more

private:
    void fillMenu();
    void openFile();
    void showChosen();

    std::optional<engine::UploadFile> m_chosen;
    int m_samples = 0;
    QPushButton* m_button;
    QLabel* m_preview;
    QLabel* m_name;
};

}  // namespace nova::views
