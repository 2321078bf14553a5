import { Toast } from '@base-ui/react/toast';

/** What has just been done, for a moment at the edge of the page. */
export const Toasts = () => {
  const { toasts } = Toast.useToastManager();
  return (
    <Toast.Portal>
      <Toast.Viewport className="toasts">
        {toasts.map((toast) => (
          <Toast.Root key={toast.id} toast={toast} className="toast">
            <Toast.Title render={<strong />} />
            <Toast.Description className="muted small" />
          </Toast.Root>
        ))}
      </Toast.Viewport>
    </Toast.Portal>
  );
};
